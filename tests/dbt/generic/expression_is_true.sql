{#- The expression is true for every row. A null fails, unlike in the test of dbt_utils with this name and argument. -#}
{% test expression_is_true(model, expression) %}

select *
from {{ model }}
where not coalesce({{ expression }}, false)

{% endtest %}
