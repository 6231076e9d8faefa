{#- The identity types that decide alone whose a record is (spec §2.3), as a list of text literals. -#}
{% macro login_identity_types() %}
    {{- text_literals(env_var('MILEPOST_LOGIN_TYPES', 'customer_id').split(',') | map('trim') | list) -}}
{% endmacro %}

{#- The identity types of which every value ever seen holds; of the others the newest does (spec §2.4). -#}
{% macro device_identity_types() %}
    {{- text_literals([
        'android_uuid',
        'android_advertising_id',
        'ios_advertising_id',
        'ios_idfv',
        'push_token',
        'amp_id',
        'roku_advertising_id',
        'roku_publisher_id',
        'microsoft_advertising_id',
        'microsoft_publisher_id',
        'fire_advertising_id',
        'mp_deviceid',
    ]) -}}
{% endmacro %}

{#- The identity types that a device gives to advertisers, which a user can limit (spec §12). -#}
{% macro advertising_identity_types() %}
    {{- text_literals([
        'android_advertising_id',
        'ios_advertising_id',
        'roku_advertising_id',
        'microsoft_advertising_id',
        'fire_advertising_id',
    ]) -}}
{% endmacro %}

{#- Text literals joined by commas, quotes doubled. -#}
{% macro text_literals(values) %}
    {%- for value in values -%}
        '{{ value | replace("'", "''") }}'{{ ', ' if not loop.last }}
    {%- endfor -%}
{% endmacro %}
