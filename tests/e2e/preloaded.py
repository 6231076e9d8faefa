"""What forked commands find made already: imported by the process that they are forked from."""

from exports.report.charts import charts_script

charts_script()
