{#-
    The test of dbt joins row by row: an attempt has 17 choices on average, and each of them sends the same keen_id
    through the join.
-#}
{% macro spark__test_relationships(model, column_name, to, field) %}

with child as (

    select distinct {{ column_name }} as from_field
    from {{ model }}
    where {{ column_name }} is not null

),

parent as (

    select {{ field }} as to_field
    from {{ to }}

)

select child.from_field
from child
left anti join parent on child.from_field = parent.to_field

{% endmacro %}
