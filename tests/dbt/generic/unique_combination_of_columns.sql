{#-
    As in dbt_utils, but faster: 64 consecutive numbers are compared as the bits of one integer, so a group has up to 64
    rows, and there are far fewer groups than rows.
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
