{#-
    E. B. Wilson, "Probable inference, the law of succession, and statistical inference", Journal of the American
    Statistical Association 22 (1927). z is the 97.5 % quantile of the standard normal distribution.
-#}
{%- macro wilson_bound(successes, trials, side) -%}
    {%- set z = 1.959963984540054 -%}
    case
        when {{ trials }} > 0
            then (
                {{ successes }} + {{ z * z / 2 }}D {{ '-' if side == 'low' else '+' }} {{ z }}D * sqrt(
                    cast({{ successes }} as double) * ({{ trials }} - {{ successes }}) / {{ trials }} + {{ z * z / 4 }}D
                )
            ) / ({{ trials }} + {{ z * z }}D)
    end
{%- endmacro %}
