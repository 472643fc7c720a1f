{# Rows of a model that share the columns of its grain. #}
{% test assay_unique_grain(model, columns) %}
select {{ columns | join(", ") }}, count(*) as count_rows
from {{ model }}
group by {{ columns | join(", ") }}
having count(*) > 1
{% endtest %}
