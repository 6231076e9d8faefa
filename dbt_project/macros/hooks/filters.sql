{#- Hooks for analysts: change what these return to leave out events, or things said of users, from everything that
    is evaluated (spiders, test accounts). Each is a condition over the columns of stg_lake__events and
    stg_lake__users before logins are resolved; `true` leaves nothing out. -#}
{% macro event_filter() %}true{% endmacro %}

{% macro user_filter() %}true{% endmacro %}
