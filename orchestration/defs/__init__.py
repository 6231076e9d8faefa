"""The stages of the flow, one folder each."""

import warnings

import dagster as dg

# `backfill_policy` is marked beta; without it a backfill of 90 days would be 90 runs.
warnings.filterwarnings("ignore", category=dg.BetaWarning)
