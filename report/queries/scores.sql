with bins as (

    select explode(sequence(0, 9)) as bin

),

scored as (

    -- Computed in whole numbers, so that rounding moves no score into the bin below.
    select least((10 * correct) div questions_presented, 9) as bin
    from {{ schema }}.fct_attempts
    where not is_test and score is not null

)

select
    bins.bin,
    concat(10 * bins.bin, if(bins.bin = 9, ' to 100 %', concat(' to ', 10 * bins.bin + 9, ' %'))) as score,
    count(scored.bin) as attempts
from bins
left join scored on bins.bin = scored.bin
group by bins.bin
order by bins.bin
