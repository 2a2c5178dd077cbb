{#-
    Beside another count(distinct …), Spark would copy each row for each of them; a set of the values costs less, as
    long as the set is small.
-#}
{%- macro count_few_distinct(value) -%}
    cast(size(collect_set({{ value }})) as bigint)
{%- endmacro %}
