{#-
    A regular expression for what schema_of_variant() says of a value in which every field is known and of its type
    (or null, or absent). One comparison of a text tells that a record needs no closer look.

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
