with bins as (

    select *
    from
        values
        (1, 'lost 60 points or more', -1D, -0.6D),
        (2, 'lost 40 to 59', -0.6D, -0.4D),
        (3, 'lost 20 to 39', -0.4D, -0.2D),
        (4, 'lost less than 20', -0.2D, 0D),
        (5, 'the same score', 0D, 0D),
        (6, 'gained less than 20', 0D, 0.2D),
        (7, 'gained 20 to 39', 0.2D, 0.4D),
        (8, 'gained 40 to 59', 0.4D, 0.6D),
        (9, 'gained 60 points or more', 0.6D, 1D)
            as bins (bin, label, from_gain, to_gain)

),

retakes as (

    -- Bin 5 is no gain. On each side of it three bins have a fifth of the score each, and the fourth one has the rest.
    -- Rounded, because 0.6 - 0.4 is more than 0.2 in floating point, and 0.9 - 0.7 is less.
    select 5 + cast(sign(gain) * (1 + least(floor(round(5 * abs(gain), 9)), 3)) as int) as bin
    from {{ ref('fct_retakes') }}
    where not is_test and gain is not null

),

counted as (

    select
        bin,
        count(*) as retakes
    from retakes
    group by bin

),

final as (

    select
        bins.bin,
        bins.label,
        bins.from_gain,
        bins.to_gain,
        coalesce(counted.retakes, 0) as retakes
    from bins
    left join counted on bins.bin = counted.bin

)

select * from final
