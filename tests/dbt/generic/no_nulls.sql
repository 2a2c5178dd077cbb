{#- One scan for all columns: as a test for each, these would be most of the time that a build takes. -#}
{%- test no_nulls(model, columns) -%}

    select
        {{ columns | join(',\n        ') }}
    from {{ model }}
    where
        {%- for column in columns %}
            {{ 'or ' if not loop.first }}{{ column }} is null
        {%- endfor %}

{%- endtest -%}
