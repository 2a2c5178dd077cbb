{%- set bins = 12 %}
{%- set width = var('retake_window_seconds') | float / bins %}

with bins as (

    select explode(sequence(1, {{ bins }})) as bin

),

retakes as (

    select
        gain,
        cast(least(floor(seconds_since_followed / {{ width }}), {{ bins - 1 }}) as int) + 1 as bin
    from {{ ref('fct_retakes') }}

),

counted as (

    select
        bin,
        count(*) as retakes,
        {{ stable_mean('gain') }} as mean_gain
    from retakes
    group by bin

),

final as (

    select
        bins.bin,
        (bins.bin - 1) * {{ width }}D as from_seconds,
        bins.bin * {{ width }}D as to_seconds,
        coalesce(counted.retakes, 0) as retakes,
        counted.mean_gain
    from bins
    left join counted on bins.bin = counted.bin

)

select * from final
