{#-
    A text that begins with a visible ASCII character, as almost all do, is compared only: a regular expression on each
    id would take a tenth of the time of parsing.
-#}
{%- macro is_blank(text) -%}
    case
        when {{ text }} >= '!' and {{ text }} < '\u007f' then false
        else not coalesce({{ text }} rlike '[^\\p{Z}\\p{Cc}\\p{Cf}]', false)
    end
{%- endmacro -%}
