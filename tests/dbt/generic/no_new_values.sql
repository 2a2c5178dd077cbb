{#- A new value is accepted, but somebody should decide what it means. -#}
{% test no_new_values(model, column_name, values) %}

{{ config(severity='warn', fail_calc='coalesce(sum(n_rows), 0)') }}

select
    {{ column_name }} as new_value,
    count(*) as n_rows
from {{ model }}
where {{ column_name }} not in ('{{ values | join("', '") }}')
group by {{ column_name }}

{% endtest %}
