{#-
    One scan for all columns: as a test for each, these would be most of the time that a build takes.
    newest_load_of: a table with a load_id; only rows of its newest load are looked at.
-#}
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
