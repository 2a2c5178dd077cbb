{%- set bins = 12 %}
{%- set width = var('retake_window_seconds') | int / bins %}

with bins as (

    select explode(sequence(1, {{ bins }})) as bin

),

retakes as (

    select
        gain,
        cast(least(floor(seconds_since_followed / {{ width }}), {{ bins - 1 }}) as int) + 1 as bin
    from {{ ref('fct_retakes') }}

),

final as (

    select
        bins.bin,
        (bins.bin - 1) * {{ width }}D as from_seconds,
        bins.bin * {{ width }}D as to_seconds,
        count(retakes.bin) as retakes,
        {{ stable_mean('retakes.gain') }} as mean_gain
    from bins
    left join retakes on bins.bin = retakes.bin
    group by bins.bin

)

select * from final
