"""The attributes of members as a file has them, and a print of each member's."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

import pyarrow as pa
from sqlglot import exp

from exports.formats.format import ATTRIBUTES
from exports.identifiers.encodings import PLAIN, Given, recognise
from exports.identifiers.normalised import Dropped, Plain
from exports.identifiers.texts import TEXT
from exports.partners.profile import LISTED
from exports.partners.sent_attributes import meaning
from transforms.audiences.attribute_values import tabulate_values

if TYPE_CHECKING:
    import duckdb

    from exports.identifiers.normalised import Reason
    from exports.request import ExportRequest
    from transforms.audiences.generations import Generation

_BATCH = 10_000
_VALUED_MEMBER = "create view valued_member as select mpid from audience_member"
_PLACES = """
create table attribute_place as
select unnest($places) as place, unnest($names) as name, unnest($headers) as header, unnest($own) as is_own,
    unnest($plain) as is_plain
"""
# Rules look at the country that the member is in, where it is sent along.
_SAID = """
create table attribute_said as
select member_value.mpid, place, value, elements, is_number, is_own, is_plain,
    coalesce(upper(trim(country.country)), $region) as region
from member_value
join attribute_place using (name)
left join (select mpid, any_value(value) as country from member_value where name in (select unnest($countries)) group by mpid)
    as country using (mpid)
"""
_GIVEN = """
select distinct place, value, region from attribute_said
where elements is null
    and not (is_plain and regexp_matches(value, '[!-~]') and not contains(value, chr(0)))
"""
_TEXTS = (
    "create table attribute_text (place integer, value varchar, region varchar, sent varchar, reason varchar)"
)
_KEEP = "insert into attribute_text select place, value, region, sent, reason from batch"
_ATTRIBUTE = """
create table attribute as
with said as (
    select
        said.mpid, said.place, said.elements, said.is_number, said.is_own, given.reason,
        case when given.place is null then said.value else given.sent end as value
    from attribute_said as said
    left join attribute_text as given
        on given.place = said.place and given.value = said.value and given.region is not distinct from said.region
),
kept as (
    select *, list_filter(elements, lambda element: element is not null) as texts from said
)
select mpid, place,
    case
        when elements is not null and is_own then null
        when elements is not null and $is_json then to_json(texts)::varchar
        when elements is not null then array_to_string(texts, ', ')
        when $is_json and is_number and regexp_full_match(value, '-?(0|[1-9][0-9]*)(\\.[0-9]+)?') then value
        when $is_json then to_json(value)::varchar
        else value
    end as value,
    case when elements is not null and is_own then 'list' else reason end as reason
from kept
"""
# By header: attributes that are named in another order are what they were.
_PRINT = """
create table attribute_print as
select mpid, md5_number_lower(to_json(list([header, value] order by header))::varchar) as print
from attribute join attribute_place using (place) where value is not null group by mpid
"""
_NO_PRINT = "create table attribute_print (mpid bigint, print ubigint)"
_OBJECTS = """
create table attribute_row as
select mpid, list(struct_pack(name := header, value := value) order by place) as attributes
from attribute join attribute_place using (place) where value is not null group by mpid
"""
_DROPPED = """
select reason, count(*) from attribute where reason is not null and mpid in (select mpid from member) group by reason
"""
#: The print of whoever has none of the attributes that are sent.
OF_NOTHING = "select md5_number_lower('[]')"


def tabulate_attributes(
    connection: duckdb.DuckDBPyConnection, generation: Generation, request: ExportRequest
) -> int | None:
    """Make of those in `audience_member` the tables `attribute_row`, mpid and what `attribute_names` says, and
    `attribute_print` (mpid, print) of those who have any; the print of the others, None where no attribute is sent.
    """
    sent = request.attributes
    if not sent:
        connection.execute(_NO_PRINT)
        return None
    connection.execute(_VALUED_MEMBER)
    tabulate_values(connection, generation, tuple(dict.fromkeys(one.name for one in sent)))
    connection.execute(
        _PLACES,
        {
            "places": list(range(len(sent))),
            "names": [one.name for one in sent],
            "headers": [one.header for one in sent],
            "own": [one.is_own for one in sent],
            "plain": [one.rules is TEXT and one.encoding is PLAIN for one in sent],
        },
    )
    countries = [one.name for one in sent if meaning(one.name) == "country"]
    connection.execute(_SAID, {"region": request.region, "countries": countries})
    _normalise(connection, request)
    connection.execute(_ATTRIBUTE, {"is_json": request.attributes_are_json})
    connection.execute(_PRINT)
    if request.attributes_are_listed:
        connection.execute(_OBJECTS)
    else:
        connection.execute(_columns(len(sent)))
    return connection.execute(OF_NOTHING).fetchall()[0][0]


def _columns(count: int) -> str:
    columns = [
        exp.Filter(
            this=exp.Max(this=exp.column("value")), expression=exp.Where(this=exp.column("place").eq(place))
        ).as_(f"a{place}")
        for place in range(count)
    ]
    query = exp.select("mpid", *columns).from_("attribute").group_by("mpid")
    return exp.Create(this=exp.to_table("attribute_row"), kind="table", expression=query).sql(
        dialect="duckdb"
    )


def attribute_names(request: ExportRequest) -> dict[str, str]:
    """The columns of `attribute_row` beside mpid, each with what it is called in a frame of rows."""
    if not request.attributes:
        return {}
    if request.attributes_are_listed:
        return {"attributes": ATTRIBUTES if request.attributes_are_json else LISTED}
    return {f"a{place}": one.header for place, one in enumerate(request.attributes)}


def dropped_attributes(connection: duckdb.DuckDBPyConnection, request: ExportRequest) -> Counter[str]:
    """How many values of the table `member` are not sent, by reason."""
    if not request.attributes:
        return Counter()
    return Counter(dict(connection.execute(_DROPPED).fetchall()))


def _normalise(connection: duckdb.DuckDBPyConnection, request: ExportRequest) -> None:
    """Fill `attribute_text` with each text that is not sent as it is: there are fewer of them than of members."""
    connection.execute(_TEXTS)
    # A second cursor: writing through the first one would end a result that is still read.
    given = connection.cursor().execute(_GIVEN)
    while found := given.fetchmany(_BATCH):
        rows = [(place, text, region, *_sent(request, place, text, region)) for place, text, region in found]
        places, values, regions, sent, reasons = zip(*rows, strict=True)
        texts = (pa.array(each, pa.string()) for each in (values, regions, sent, reasons))
        table = pa.table(
            [pa.array(places, pa.int32()), *texts], ["place", "value", "region", "sent", "reason"]
        )
        connection.register("batch", table)
        connection.execute(_KEEP)
        connection.unregister("batch")


def _sent(
    request: ExportRequest, place: int, text: str, region: str | None
) -> tuple[str | None, Reason | None]:
    one = request.attributes[place]
    match recognise(text, region, one.rules, one.encoding):
        case Dropped(reason):
            return None, reason
        case Plain(value):
            return one.encoding.encode(value), None
        case Given(digest):
            return digest, None
