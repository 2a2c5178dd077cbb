{#- A name with a dot is quoted, so that no path looks like another one. -#}
{%- macro json_field_types(objects, path='') -%}
    flatten(transform(
        {{ objects }},
        json_object -> transform(
            map_entries(coalesce(try_variant_get(json_object, '$', 'map<string, variant>'), map())),
            field -> struct(
                concat('{{ path }}', if(field.key rlike '[.`]', concat('`', field.key, '`'), field.key)) as path,
                schema_of_variant(field.value) as type
            )
        )
    ))
{%- endmacro -%}
