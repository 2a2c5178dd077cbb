{{ config(materialized='table') }}

with attempts as (

    select * from {{ ref('int_deliveries') }}
    where disposition = 'accepted'

),

events as (

    select
        base_exam_id,
        keen_id,
        started_at,
        stack(2, true, started_at, false, finished_at) as (is_start, happened_at)
    from attempts

),

neighbours as (

    select
        *,
        lag(keen_id) over exam as previous_keen_id,
        lag(started_at) over exam as previous_started_at,
        lag(is_start) over exam as previous_is_start,
        lag(happened_at) over exam as previous_at,
        lead(happened_at) over exam as next_at
    from events
    window exam as (partition by base_exam_id order by happened_at, is_start, keen_id)

),

ordered as (

    select
        base_exam_id,
        keen_id,
        is_start,
        happened_at,
        previous_keen_id,
        (unix_micros(happened_at) - unix_micros(previous_at)) / 1000000D as seconds_since_previous,
        (unix_micros(next_at) - unix_micros(happened_at)) / 1000000D as seconds_until_next,
        -- Another attempt's end. An attempt whose clocks disagree may end before its start; nobody follows it then.
        coalesce(
            is_start and not previous_is_start and previous_keen_id != keen_id and previous_started_at <= started_at,
            false
        ) as is_after_an_end,
        coalesce(not is_start and previous_is_start and previous_keen_id != keen_id, false) as is_end_after_a_start
    from neighbours

),

final as (

    select
        base_exam_id,
        keen_id,
        is_start,
        happened_at,
        seconds_since_previous,
        seconds_until_next,
        is_after_an_end,
        is_end_after_a_start,
        if(
            is_after_an_end and seconds_since_previous <= {{ var('retake_window_seconds') }}, previous_keen_id, null
        ) as follows_keen_id
    from ordered

)

select * from final
