{#-
    For example 1516717442.735266. Only the first 22 characters are parsed: further digits change nothing, and parsing
    millions of them would take minutes.
-#}
{%- macro epoch_timestamp(text) -%}
    case
        when {{ text }} rlike '^[0-9]{1,11}([.][0-9]+)?\\z'
            then timestamp_micros(cast(floor(try_cast(left({{ text }}, 22) as decimal(32, 20)) * 1000000) as bigint))
    end
{%- endmacro -%}
