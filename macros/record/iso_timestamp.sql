{#-
    For example 2018-01-23T14:23:19.082Z. (A plain cast also accepts '2018', and '12:30' for a time of today.)
-#}
{%- macro iso_timestamp(text) -%}
    case
        when {{ text }} rlike '^[0-9]{4}-[0-9]{2}-[0-9]{2}[Tt][0-9]{2}:[0-9]{2}:[0-9]{2}([.][0-9]+)?([Zz]|[+-][0-9]{2}:?[0-9]{2})\\z'
            then try_cast(upper({{ text }}) as timestamp)
    end
{%- endmacro -%}
