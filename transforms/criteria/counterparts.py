"""What mParticle's audiences ask, and the criterion that asks the same here or the reason why none does.

Part of the language reference: whoever brings definitions along finds each of them by its name there.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Counterpart:
    """One thing that can be asked `there`.

    `here` is a value of `criteria:` in YAML on one line, valid as it stands, or empty where nothing says it;
    `note` is what differs or, without `here`, why that is so.
    """

    there: str
    here: str = ""
    note: str = ""


@dataclass(frozen=True)
class Topic:
    """Counterparts that belong together, below a heading of their own."""

    name: str
    counterparts: tuple[Counterpart, ...]


_MENU = Topic(
    "Criteria of the audience builder",
    (
        Counterpart("Events: a type, then a name", "event: {type: media, name: Play}"),
        Counterpart(
            "… with conditions on attributes",
            "event: {name: Play, where: {genre: drama, seconds: {gte: 60}}}",
        ),
        Counterpart(
            "… with a version of the app", "event: {name: Play, app_version: {version: {gte: '2.10'}}}"
        ),
        Counterpart("… with a build of the app", "event: {name: Play, app_build: '1204'}"),
        Counterpart("Ecommerce, product level", "ecommerce: {action: purchase, product: {category: shoes}}"),
        Counterpart("Ecommerce, cart level: Cart Abandonment", "cart_abandonment: {wait: 2 days}"),
        Counterpart(
            "… with another follow-up and conditions",
            "cart_abandonment: {wait: 6 hours, follow_up: checkout, product: {brand: Acme}}",
            "the follow-up counts for whichever product",
        ),
        Counterpart("Screen Views", "screen_view: {name: Pricing, count: {gte: 2}}"),
        Counterpart("Sessions", "session: {count: {gte: 5}, within: 7 days}"),
        Counterpart("Crashes", "crash: {within: 1 day}", "of all inputs of the audience's workspaces"),
        Counterpart("Installs", "install: {within: 7 days}", "of all inputs of the audience's workspaces"),
        Counterpart(
            "Uninstalls", "uninstall: {within: 14 days}", "of all inputs of the audience's workspaces"
        ),
        Counterpart("Upgrades", "upgrade: {within: 30 days}", "of all inputs of the audience's workspaces"),
        Counterpart("Attribution of an install", "attribution: {on: install, publisher: Northwind Ads}"),
        Counterpart(
            "Attribution of an uninstall", "attribution: {on: uninstall, campaign: {contains: summer}}"
        ),
        Counterpart("Users: Audience Membership", "audience: {in: lapsed_buyers}"),
        Counterpart("Users: Calculated Attributes", "calculated: {attribute: ltv, gte: 1000}"),
        Counterpart("Users: Consent", "consent: {regulation: gdpr, purpose: marketing, state: granted}"),
        Counterpart("Users: Device, OS, Carrier", "device: {os: iOS, brand: Apple, carrier: {exists: true}}"),
        Counterpart("Users: First Seen", "first_seen: {within: 7 days}"),
        Counterpart("Users: Location", "location: {city: Paris, country: FR}"),
        Counterpart("Users: User Identities", "identity: {type: email, ends_with: '@example.com'}"),
        Counterpart("Users: Device Identities, Device IDs", "identity: {type: ios_advertising_id}"),
        Counterpart("Users: User Attribute Lists", "user: {attribute: interests, includes: wine}"),
        Counterpart("Users: User Attributes", "user: {attribute: plan, exact: free}"),
        Counterpart(
            "Users: a prediction",
            "model: {name: churn_scores, where: {score: {gte: 0.8}}}",
            "a dbt model or a user attribute of your own; none is computed here",
        ),
    ),
)
_LOGIC = Topic(
    "Combining criteria",
    (
        Counterpart("A and B", "all: [{event: {name: Play}}, {user: {attribute: plan, exact: free}}]"),
        Counterpart("A or B", "any: [{event: {name: Play}}, {screen_view: {name: Home}}]"),
        Counterpart(
            "A exclude B",
            "{event: {name: Play, within: 30 days}, exclude: [{ecommerce: {action: purchase}}]}",
        ),
        Counterpart(
            "A and (B or C)",
            "{event: {name: Play}, any: [{user: {attribute: vip, is: true}}, {list: vip_customers}]}",
            "mappings nest as deep as you like; there are no letters and no expression over them",
        ),
        Counterpart(
            "several conditions of one criterion",
            "event: {name: Play, where: {genre: drama, seconds: {gte: 60, lt: 600}}}",
            "all hold on the same event",
        ),
    ),
)
_OPERATORS = Topic(
    "Operators by data type",
    (
        Counterpart("String: Contains", "user: {attribute: city, contains: san}"),
        Counterpart("String: Does Not Contain", "user: {attribute: city, not_contains: san}"),
        Counterpart("String: Exact Match", "user: {attribute: plan, exact: free}", "case does not matter"),
        Counterpart("String: Does Not Match", "user: {attribute: plan, not_exact: free}"),
        Counterpart("String: Pattern", 'user: {attribute: sku, pattern: "AB-??-*"}', "`*` and `?` as there"),
        Counterpart("String list: Includes", "user: {attribute: interests, includes: wine}"),
        Counterpart("String list: Does Not Include", "user: {attribute: interests, not_includes: beer}"),
        Counterpart("String list: Partial Match", "user: {attribute: interests, partial: sport}"),
        Counterpart("Number: Greater Than", "user: {attribute: visits, gt: 3}"),
        Counterpart("Number: Less Than", "user: {attribute: visits, lt: 9.5}"),
        Counterpart(
            "Number: equal, at least, at most, between", "user: {attribute: visits, between: [3, 9]}"
        ),
        Counterpart("True/False: is true", "user: {attribute: vip, is: true}"),
        Counterpart("True/False: is false", "user: {attribute: vip, is: false}"),
        Counterpart(
            "Date: Before", "user: {attribute: trial_ends, before: 2026-07-01}", "the day itself is out"
        ),
        Counterpart(
            "Date: After", "user: {attribute: trial_ends, after: 2026-07-01}", "the day itself is in"
        ),
        Counterpart("Date: On Date", "user: {attribute: birthday, on: 2026-07-01}"),
        Counterpart(
            "Date: Between Dates",
            "user: {attribute: trial_ends, between_dates: [2026-07-01, 2026-07-31]}",
            "both days are in; days are UTC",
        ),
        Counterpart("Date: by recency", "user: {attribute: last_call, within: 7 days}"),
        Counterpart("Exists", "user: {attribute: newsletter, exists: true}", "a key without a value exists"),
        Counterpart("Not Exists", "user: {attribute: newsletter, exists: false}"),
        Counterpart(
            "another data type for one criterion",
            note="not a setting: the operator says as what a value is read, and where it can't be, no positive holds",
        ),
        Counterpart(
            "a negative where the value is missing",
            "user: {attribute: country, not_exact: US, exists: true}",
            "without `exists: true` users of whom nothing is known are in",
        ),
        Counterpart("Identity: it exists", "identity: {type: email, exists: true}"),
        Counterpart("Identity: compared as text", "identity: {type: customer_id, starts_with: A-}"),
        Counterpart(
            "Consent: GDPR, given for a purpose", "consent: {regulation: gdpr, purpose: ads, state: granted}"
        ),
        Counterpart("Consent: GDPR, rejected", "consent: {regulation: gdpr, purpose: ads, state: denied}"),
        Counterpart(
            "Consent: CCPA Data Sale Opt-out, Not Present", "consent: {regulation: ccpa, state: not_present}"
        ),
        Counterpart("Location: Equals a city", "location: {city: Paris, country: FR}"),
        Counterpart("Location: Equals a state", "location: {country: US, region: CA}"),
        Counterpart("Location: Equals a zip code", "location: {country: US, postal_code: '94103'}"),
        Counterpart("Location: Equals a DMA", "location: {dma: '807'}"),
        Counterpart(
            "Location: Within a distance of a city", 'location: {within: {km: 50, of: "Paris, FR"}}', "in km"
        ),
        Counterpart("Member of an audience", "audience: {in: lapsed_buyers}", "which may itself name others"),
        Counterpart("Not a member of an audience", "audience: {not_in: lapsed_buyers}"),
    ),
)
_WINDOWS = Topic(
    "Recency and frequency",
    (
        Counterpart("more than N events", "event: {name: Play, count: {gt: 3}}"),
        Counterpart("within the last N days", "event: {name: Play, within: 14 days}", "a day is 24 hours"),
        Counterpart(
            "between N and M days ago", "event: {name: Play, ago: [6 days, 4 days]}", "both ends are in"
        ),
        Counterpart(
            "nothing said: any event of the last 30 days",
            "event: {name: Play, within: 30 days}",
            "nothing said means any event of the lookback, which is 30 days unless milepost.yml says otherwise",
        ),
        Counterpart("no event (frequency equals 0)", "event: {name: Play, count: {eq: 0}, within: 30 days}"),
        Counterpart("no event (exclude)", "exclude: [{event: {name: Play, within: 30 days}}]"),
        Counterpart("On Date, Before, After, Between Dates", "event: {name: Play, on: 2026-11-27}"),
    ),
)
_SCOPE = Topic(
    "What a criterion looks at",
    (
        Counterpart(
            "events of one input", "event: {name: Play, input: shop/ios}", "`inputs:` is for a whole audience"
        ),
        Counterpart(
            "a user criterion of one workspace", "user: {attribute: plan, exact: free, workspace: shop}"
        ),
        Counterpart(
            "events of an unbound feed",
            "event: {name: Sale, input: shop/till}",
            "feeds are inputs like others",
        ),
        Counterpart("events of another tier", note="stored and never counted, so naming one is an error"),
        Counterpart("custom flags", note="they can't be compared there either"),
    ),
)
_SCHEMA = Topic(
    "Expressions of its public audience schema",
    (
        Counterpart("`and`", "all: [{event: {name: Play}}, {session: {count: {gte: 2}}}]"),
        Counterpart("`or`", "any: [{event: {name: Play}}, {session: {count: {gte: 2}}}]"),
        Counterpart(
            "`then`, a sequence of steps",
            "sequence: [{screen_view: {name: Pricing}}, {event: {name: Trial Started}, after: {at_most: 2 days}}]",
        ),
        Counterpart(
            "a step that compares with an earlier one",
            "sequence: [{ecommerce: {action: view_detail}}, "
            "{ecommerce: {action: purchase, product: {id: {same_as: 1}}}}]",
            "with the first step, the same field, and equal",
        ),
        Counterpart("`exists`, `not_exists`", "user: {attribute: plan, exists: false}"),
        Counterpart("`not_null`", "user: {attribute: plan, partial: ''}", "there is text or an element"),
        Counterpart("`null`", "user: {attribute: plan, not_partial: ''}"),
        Counterpart("`equals`", "user: {attribute: visits, eq: 8}", "of text `exact`, of a boolean `is`"),
        Counterpart("`not_equals`", "user: {attribute: visits, ne: 8}"),
        Counterpart("`less_than`", "user: {attribute: visits, lt: 8}"),
        Counterpart("`less_than_equal`", "user: {attribute: visits, lte: 8}"),
        Counterpart("`greater_than`", "user: {attribute: visits, gt: 8}"),
        Counterpart("`greater_than_equal`", "user: {attribute: visits, gte: 8}"),
        Counterpart("`matches`", "user: {attribute: sku, pattern: 'AB-*'}"),
        Counterpart("`not_matches`", "user: {attribute: sku, not_pattern: 'AB-*'}"),
        Counterpart("`contains`", "user: {attribute: city, contains: san}", "of a list `includes`"),
        Counterpart("`not_contains`", "user: {attribute: city, not_contains: san}"),
        Counterpart("`starts_with`", "user: {attribute: city, starts_with: San}"),
        Counterpart("`not_starts_with`", "user: {attribute: city, not_starts_with: San}"),
        Counterpart("`ends_with`", "user: {attribute: site, ends_with: .com}"),
        Counterpart("`not_ends_with`", "user: {attribute: site, not_ends_with: .com}"),
        Counterpart(
            "`in`, `matches` of an audience", "audience: {in: lapsed_buyers}", "by its definition, at as_of"
        ),
        Counterpart("`not_in`, `not_matches` of an audience", "audience: {not_in: lapsed_buyers}"),
        Counterpart(
            "an absolute date", "user: {attribute: trial_ends, before: 2026-07-01}", "whole days, UTC"
        ),
        Counterpart(
            "a relative date in the past",
            "user: {attribute: last_call, ago: [60 days, 30 days]}",
            "minutes to months of 30 days; seconds only where they make whole minutes",
        ),
        Counterpart(
            "a relative date in the future",
            note="windows count back from as_of, and nothing after it is seen",
        ),
        Counterpart("the start or end of a calendar unit", note="windows count back from as_of"),
        Counterpart(
            "a date relative to a step",
            "sequence: [{event: {name: Search}}, {event: {name: Play}, after: {at_least: 1 hour, at_most: 1 day}}]",
            "to the step before",
        ),
        Counterpart("aggregation `count`", "event: {name: Play, count: {gte: 3}}", "a group is a user"),
        Counterpart(
            "aggregation `sum`", "ecommerce: {action: purchase, sum: {attribute: total_amount, gte: 500}}"
        ),
        Counterpart("aggregation `avg`", "event: {name: Rated, average: {attribute: stars, gte: 4.5}}"),
        Counterpart("aggregation `min`", "event: {name: Rated, min: {attribute: stars, gte: 3}}"),
        Counterpart("aggregation `max`", "event: {name: Rated, max: {attribute: stars, lte: 3}}"),
        Counterpart(
            "aggregation `list`",
            "calculated: {attribute: departments, includes: floral}",
            "as a calculated attribute with `function: unique_list`",
        ),
        Counterpart("an aggregation grouped by anything but users", note="an audience is of users"),
        Counterpart(
            "location `within`", "location: {within: {km: 8.05, of: {lat: 48.85341, lon: 2.3488}}}", "in km"
        ),
        Counterpart(
            "arithmetic between fields", note="no way to write it there; here in a dbt model of your own"
        ),
        Counterpart(
            "list operators", "user: {attribute: country, in: [US, CA]}", "there they can't be reached"
        ),
    ),
)
TOPICS = (_MENU, _LOGIC, _OPERATORS, _WINDOWS, _SCOPE, _SCHEMA)
