{#- Kilometres between two places given in degrees, along the great circle of a sphere of 6,371.0088 km (spec §4.4), by
    the haversine formula: to the millimetre for places near each other. Its last digit depends on the engine. Null
    where one of the four is. -#}
{% macro duckdb__create_distance_km() %}
create or replace macro distance_km(latitude, longitude, other_latitude, other_longitude) as
    6371.0088 * angle_of(
        haversine(cast(other_latitude as double) - cast(latitude as double))
        + cos(radians(cast(latitude as double)))
        * cos(radians(cast(other_latitude as double)))
        * haversine(cast(other_longitude as double) - cast(longitude as double))
    );
{% endmacro %}

{#- sin² of half an angle in degrees. -#}
{% macro duckdb__create_haversine() %}
create or replace macro haversine(degrees) as pow(sin(radians(degrees) / 2), 2);
{% endmacro %}

{#- The angle in radians of which this is the haversine; rounding can carry that of opposite places past 1. Not least(),
    which passes over null. -#}
{% macro duckdb__create_angle_of() %}
create or replace macro angle_of(haversine) as
    2 * asin(sqrt(case when haversine > 1 then 1 else haversine end));
{% endmacro %}
