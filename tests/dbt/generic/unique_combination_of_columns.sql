{#-
    As in dbt_utils, faster. The columns, together with the number if there is one, name each row: no two rows share them. Nulls count as equal.
    number: a column of whole numbers. Sixty-four numbers that follow each other are compared as the bits of one
    integer, so that there are as many groups as there are things that are numbered, not as there are rows.
    newest_load_of: a table with a load_id; only rows of its newest load are looked at.
-#}
{% test unique_combination_of_columns(model, combination_of_columns, number=none, newest_load_of=none) %}

select
    {{ combination_of_columns | join(',\n    ') }},
    {%- if number %}
    shiftright({{ number }}, 6) as {{ number }}_in_sixty_fours,
    {%- endif %}
    count(*) as rows_found
from {{ model }}
{%- if newest_load_of %}
where load_id = (select max(newest.load_id) from {{ newest_load_of }} as newest)
{%- endif %}
group by {{ combination_of_columns | join(', ') }}
{%- if number -%}
    , {{ number }}_in_sixty_fours
having count(*) > coalesce(bit_count(bit_or(shiftleft(1L, cast({{ number }} & 63 as int)))), 1)
{%- else %}
having count(*) > 1
{%- endif %}

{% endtest %}
