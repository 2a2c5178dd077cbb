{#- With one test per column, these tests would take most of the time of a build. -#}
{%- test no_nulls(model, columns, newest_load_of=none) -%}

    select
        {{ columns | join(',\n        ') }}
    from {{ model }}
    where
        (
        {%- for column in columns %}
            {{ 'or ' if not loop.first }}{{ column }} is null
        {%- endfor %}
        )
        {%- if newest_load_of %}
        and load_id = (select max(newest.load_id) from {{ newest_load_of }} as newest)
        {%- endif %}

{%- endtest -%}
