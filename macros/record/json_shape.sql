{#-
    A record that matches needs no check of its single fields.

    json_shape({'id': 'STRING'})  -- OBJECT<(?:(?:id: (?:VOID|STRING))(?:, )?)*>
-#}
{%- macro json_shape(fields) -%}
    {%- if fields is mapping -%}
        OBJECT<(?:(?:
        {%- for name, type in fields.items() -%}
            {{ name }}: (?:VOID|{{ json_shape(type) }}){{ '|' if not loop.last }}
        {%- endfor -%}
        )(?:, )?)*>
    {%- elif fields is string -%}
        {{ fields }}
    {%- else -%}
        ARRAY<(?:VOID|{{ json_shape(fields[0]) }})>
    {%- endif -%}
{%- endmacro -%}
