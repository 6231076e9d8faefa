{#- Fails for each key that more than one row has; among the rows with the newest value of `newest` alone, where
    that is given: what was stored before was tested when it was new. -#}
{% test unique_key(model, columns, newest=none) %}
select {{ columns | join(', ') }}
from {{ model }}
{% if newest -%}
where {{ newest }} = (select max({{ newest }}) from {{ model }})
{% endif -%}
group by {{ columns | join(', ') }}
having count(*) > 1
{% endtest %}
