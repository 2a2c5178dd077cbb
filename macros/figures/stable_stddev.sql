{#-
    Adds the values in ascending order: sums of doubles depend on the order of the rows, and a rebuilt table would
    differ in its last digits. B. P. Welford, "Note on a method for calculating corrected sums of squares and products",
    Technometrics 4 (1962).
-#}
{%- macro stable_stddev(value) -%}
    aggregate(
        array_sort(collect_list({{ value }})),
        struct(0D as n, 0D as mean, 0D as squares),
        (so_far, value) -> struct(
            so_far.n + 1 as n,
            so_far.mean + (value - so_far.mean) / (so_far.n + 1) as mean,
            so_far.squares + (value - so_far.mean) * (value - so_far.mean) * so_far.n / (so_far.n + 1) as squares
        ),
        so_far -> if(so_far.n > 1, round(sqrt(so_far.squares / (so_far.n - 1)), 12), null)
    )
{%- endmacro %}
