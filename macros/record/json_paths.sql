{#-
    json_paths({'id': 'STRING', 'options': [{'at': 'STRING'}]})
        -- 'id', 'STRING', 'options', 'ARRAY<OBJECT<', 'options.at', 'STRING'
-#}
{%- macro json_paths(fields, path='') -%}
    {%- for name, type in fields.items() -%}
        {%- set is_text = type is string -%}
        {%- set is_object = type is mapping -%}
        {%- set start = type if is_text else ('OBJECT<' if is_object else 'ARRAY<OBJECT<') -%}
        '{{ path }}{{ name }}', '{{ start }}'{{ ', ' if not (loop.last and is_text) }}
        {%- if not is_text -%}
            {{ json_paths(type if is_object else type[0], path ~ name ~ '.') }}{{ ', ' if not loop.last }}
        {%- endif -%}
    {%- endfor -%}
{%- endmacro -%}
