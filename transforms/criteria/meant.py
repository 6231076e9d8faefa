"""What somebody meant who writes the word of another tool, or of another language: what to write instead."""

from __future__ import annotations

from typing import TYPE_CHECKING

from transforms.documents.report import nearest

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

#: What is right, in the order in which it is suggested, and the words that people write for it. A suggestion may
#: hold a value; the key before it must be known where the word stands.
_WORDS: tuple[tuple[str, str], ...] = (
    ("exact", "equals equal equal_to is_equal is_equal_to eq = == === is value match"),
    ("eq", "equals equal equal_to is_equal is_equal_to exact = == === is exactly value"),
    ("not_exact", "not_equals not_equal not_equal_to is_not isnt != <> neq ne not"),
    ("ne", "not_equals not_equal not_equal_to is_not isnt != <> neq not_exact not"),
    ("gt", "greater_than greater more_than more over above larger_than > "),
    ("gte", "at_least greater_or_equal greater_than_or_equal ge min minimum >= => from"),
    ("lt", "less_than less lower_than fewer_than under below smaller_than <"),
    ("lte", "at_most less_or_equal less_than_or_equal le max maximum <= =< up_to"),
    ("between", "range between_numbers in_range"),
    ("contains", "like includes_text containing has_text contain"),
    ("not_contains", "does_not_contain doesnt_contain contains_not not_like excludes"),
    ("starts_with", "begins_with startswith start_with prefix begins"),
    ("ends_with", "endswith end_with suffix ends"),
    ("pattern", "like matches match regex regexp glob wildcard"),
    ("in", "one_of any_of is_one_of is_any_of in_list contains_any values id audience member_of"),
    ("not_in", "none_of not_one_of is_none_of not_any_of is_not_in not_member_of excluded"),
    ("includes", "contains_element contains_any has_any has_element"),
    ("exists: true", "is_set is_present present has is_not_null is_known exist not_null not_empty"),
    ("exists: false", "is_not_set is_missing missing is_null is_empty is_unknown not_exists null empty"),
    ("is: true", "is_true boolean"),
    ("is: false", "is_false"),
    ("wait", "after for since older_than delay within"),
    (
        "within",
        "near nearby around radius distance last in_last in_the_last past during window period timeframe days lookback since_last for",
    ),
    ("after", "since from start later_than newer_than on_or_after starting"),
    ("before", "until till end earlier_than older_than prior_to ending"),
    ("between_dates", "between date_range range"),
    ("on", "date day at on_day"),
    ("count", "times frequency occurrences how_often number_of_times number"),
    ("average", "avg mean"),
    ("distinct", "unique unique_count count_distinct"),
    ("sum", "total"),
    ("min", "minimum least"),
    ("max", "maximum most"),
    ("all", "and must every all_of both"),
    ("any", "or should either any_of one_of"),
    ("none", "not nor none_of neither must_not"),
    ("exclude", "not except without excluding must_not but_not minus excludes exclude_audience"),
    ("event", "events custom_event track did action"),
    ("screen_view", "screen screens page page_view pageview view screenview"),
    ("ecommerce", "purchase purchases commerce commerce_event order orders transaction cart product"),
    ("user", "attribute user_attribute attributes user_attributes trait traits profile property"),
    ("identity", "email customer_id identities user_identity user_identities mobile_number"),
    ("consent", "gdpr ccpa consents consent_state"),
    ("audience", "segment segments in_audience cohort audiences member"),
    ("name", "event_name event screen_name screen"),
    ("action", "name product_action event type"),
    ("where", "filter filters properties attributes attribute params conditions with property"),
    ("attribute", "name key property field"),
    ("type", "identity identity_type kind name"),
    ("granted", "yes true opted_in consented given accepted"),
    ("denied", "no false opted_out refused withdrawn rejected"),
    ("not_present", "none unknown missing absent not_set"),
    ("purchase", "order order_completed ordered buy bought sale checkout_completed transaction"),
    ("add_to_cart", "product_added added_to_cart cart_add"),
    ("remove_from_cart", "product_removed removed_from_cart"),
    ("view_detail", "product_viewed view viewed view_item detail"),
    ("checkout", "checkout_started begin_checkout"),
    ("os", "platform operating_system system"),
    ("os_version", "version"),
    ("brand", "manufacturer make device_manufacturer vendor"),
    ("model", "device_model"),
    ("country", "country_code nation"),
    ("region", "state province"),
    ("city", "town"),
    ("postal_code", "zip zip_code zipcode postcode post_code"),
    ("dma", "metro metro_code"),
    ("publisher", "source network media_source"),
    ("follow_up", "without until follow followed_by"),
    ("at_most", "within max less_than"),
    ("at_least", "min more_than wait"),
    ("workspace", "workspaces"),
    ("input", "inputs source platform"),
)


#: A word that is no longer is near to some operator in any case.
_SHORT = 3


def suggestion(word: str, known: Sequence[str]) -> str:
    """What to write instead of an unknown `word`, as a question; empty where nothing is near."""
    before, colon, after = word.partition(":")
    if colon and before in known and after:
        return f"write a space behind the colon: `{before}: {after[:40]}`"
    folded = word.strip().lower().replace(" ", "_").replace("-", "_").replace("'", "")
    same = [name for name in known if name.lower() == folded]
    meant = same or _meant(folded, known)
    if not meant:
        near = nearest(word[:80], known)
        meant = [near] if near else []
    return f"did you mean {' or '.join(f'`{name}`' for name in meant)}?" if meant else ""


def attribute_as_key(word: str, known: Sequence[str]) -> str:
    """What to write instead of an unknown key that may be the name of an attribute."""
    near = suggestion(word, known)
    if near and (len(word) > _SHORT or not word.isidentifier()):
        return near
    instead = f"write `attribute: {word[:40]}` and an operator such as `exact: TEXT`"
    return f"{near} if it is an attribute, {instead}".strip()


def _meant(word: str, known: Iterable[str]) -> list[str]:
    names = set(known)
    return [right for right, words in _WORDS if right.partition(":")[0] in names and word in words.split()]
