{#-
    The fields of several JSON objects with the types of their values: array<struct<path, type>>.
    What is no object has no fields.

    objects: SQL of an array<variant>.
    path: where those objects are, with a dot at its end; empty for the record.

    Usage:
        {{ json_field_types("array(record)") }}
        {{ json_field_types("try_variant_get(record, '$.sequences.questions', 'array<variant>')", 'sequences.questions.') }}
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
