{#- plural('links', 'link') is '1 link' or '2 links'. -#}
{%- macro plural(number, noun, nouns=none) -%}
    concat({{ number }}, if({{ number }} = 1, ' {{ noun }}', ' {{ nouns or noun ~ 's' }}'))
{%- endmacro %}
