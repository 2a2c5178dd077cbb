{#- The expression is true of every row: a null fails, other than in dbt_utils, whose name and argument this has. -#}
{% test expression_is_true(model, expression) %}

select *
from {{ model }}
where not coalesce({{ expression }}, false)

{% endtest %}
