{#-
    The fields of several JSON objects with the types of their values: array<struct<path, type>>.
    A value that is no object has no fields.
-#}
{%- macro json_field_types(objects, path='') -%}
    flatten(transform(
        {{ objects }},
        json_object -> transform(
            map_entries(coalesce(try_variant_get(json_object, '$', 'map<string, variant>'), map())),
            field -> struct(concat('{{ path }}', field.key) as path, schema_of_variant(field.value) as type)
        )
    ))
{%- endmacro -%}
