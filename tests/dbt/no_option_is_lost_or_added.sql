-- Invariant: of each load, fct_option_choices has a row for each option in the arrays of accepted attempts.
-- Prevents: options lost or doubled when the arrays are flattened, and loads that the fact has missed.
-- No generic test fits: the sum of array sizes in one table is compared with the rows of another, by load.
with attempts_by_load as (

    select
        load_id,
        sum(options_presented) as options
    from {{ ref('stg_assess__attempts') }}
    group by load_id

),

rows_by_load as (

    select
        load_id,
        count(*) as options
    from {{ ref('fct_option_choices') }}
    group by load_id

)

select
    load_id,
    attempts_by_load.options as options_in_attempts,
    rows_by_load.options
from attempts_by_load
full join rows_by_load using (load_id)
-- A load of attempts without options has no rows, which is right; rows without attempts are not.
where not attempts_by_load.options <=> coalesce(rows_by_load.options, 0)
