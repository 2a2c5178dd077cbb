{#- 'BIGINT' is 'a whole number'. -#}
{%- macro json_type_in_words(type) -%}
    case
        when {{ type }} = 'STRING' then 'text'
        when {{ type }} = 'BOOLEAN' then 'true or false'
        when {{ type }} = 'BIGINT' then 'a whole number'
        when {{ type }} like 'OBJECT<%' then 'an object'
        when {{ type }} like 'ARRAY<OBJECT<%' then 'an array of objects'
        when {{ type }} = 'ARRAY<VARIANT>' then 'an array of mixed values'
        when {{ type }} = 'ARRAY<VOID>' then 'an empty array'
        when {{ type }} like 'ARRAY<%' then 'an array of plain values'
        else 'a number with a decimal point or an exponent, or of over 18 digits'
    end
{%- endmacro -%}
