{#-
    The columns together name each row: no two rows share them. Nulls count as equal.
    newest_load_of: a table with a load_id; only rows of its newest load are looked at.
-#}
{% test unique_combination(model, columns, newest_load_of=none) %}

select
    {{ columns | join(',\n    ') }},
    count(*) as rows_found
from {{ model }}
{%- if newest_load_of %}
where load_id = (select max(newest.load_id) from {{ newest_load_of }} as newest)
{%- endif %}
group by {{ columns | join(', ') }}
having count(*) > 1

{% endtest %}
