{#-
    Sums the probabilities exp(-expected) expected^k / k! from 0 on, by their logarithms, which do not underflow. The
    sum ends at ten standard deviations above the mean, beyond every quantile that a double can tell from 1.
-#}
{%- macro poisson_quantile(expected, probability) -%}
    case
        when {{ expected }} = 0 then 0L
        else
            aggregate(
                sequence(0L, cast(ceil({{ expected }} + 10 * sqrt({{ expected }})) as bigint) + 10),
                struct(-{{ expected }} as log_term, 0D as cumulative, 0L as quantile),
                (sum, k) -> struct(
                    sum.log_term + ln({{ expected }} / (k + 1)) as log_term,
                    sum.cumulative + exp(sum.log_term) as cumulative,
                    sum.quantile + if(sum.cumulative + exp(sum.log_term) < {{ probability }}, 1, 0) as quantile
                ),
                sum -> sum.quantile
            )
    end
{%- endmacro %}
