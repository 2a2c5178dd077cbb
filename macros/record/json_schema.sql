{#- json_schema({'id': 'STRING', 'tags': ['STRING']})  -- struct<`id`: string, `tags`: array<string>> -#}
{%- macro json_schema(fields) -%}
    {%- if fields is mapping -%}
        struct<
        {%- for name, type in fields.items() -%}
            `{{ name }}`: {{ json_schema(type) }}{{ ', ' if not loop.last }}
        {%- endfor -%}
        >
    {%- elif fields is string -%}
        {{ fields | lower }}
    {%- else -%}
        array<{{ json_schema(fields[0]) }}>
    {%- endif -%}
{%- endmacro -%}
