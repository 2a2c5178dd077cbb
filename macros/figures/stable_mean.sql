{#-
    Adds the values as decimals: sums of doubles depend on the order of the rows, and a rebuilt table would differ in
    its last digits. Rounded, so that equal means are equal numbers and rank as ties.
-#}
{%- macro stable_mean(value) -%}
    round(cast(avg(cast({{ value }} as decimal(28, 18))) as double), 12)
{%- endmacro %}
