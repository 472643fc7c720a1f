{# The latest complete day of the release as a date; null without dated rows. Recency counts from it, never from the clock. #}
{% macro data_through() -%}
cast(nullif('{{ var("data_through") }}', '') as date)
{%- endmacro %}
