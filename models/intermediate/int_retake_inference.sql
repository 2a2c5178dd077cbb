{{ config(materialized='table') }}

{%- set window_seconds = var('retake_window_seconds') %}

with events as (

    select * from {{ ref('int_exam_events') }}

),

exams as (

    select
        base_exam_id,
        count_if(is_start) as attempts,
        count_if(is_link) as links,
        count_if(is_end_after_a_start and seconds_since_previous <= {{ window_seconds }}) as reversed_links,
        count_if(is_after_an_end and seconds_since_previous between 600 and 600 + {{ window_seconds }}) as later_links,
        datediff(
            max(if(is_start, to_date(happened_at), null)), min(if(is_start, to_date(happened_at), null))
        ) + 1 as day_count
    from events
    group by base_exam_id

),

-- How many starts, of attempts that follow none, an exam sees in a second of this hour of the day.
rates as (

    select
        events.base_exam_id,
        hour(events.happened_at) as hour_of_day,
        count(*) / (exams.day_count * 3600D) as starts_a_second
    from events
    inner join exams on events.base_exam_id = exams.base_exam_id
    where events.is_start and not events.is_link
    group by events.base_exam_id, hour(events.happened_at), exams.day_count

),

-- After each end a start of somebody else would be taken for a retake until the next event, or the window's end.
chances as (

    select
        events.base_exam_id,
        -- As decimals, whose sum does not depend on the order of the rows.
        cast(
            sum(
                cast(
                    least(coalesce(events.seconds_until_next, {{ window_seconds }}), {{ window_seconds }})
                    * rates.starts_a_second as decimal(28, 18)
                )
            ) as double
        ) as chance_links
    from events
    inner join rates
        on
            events.base_exam_id = rates.base_exam_id
            and hour(events.happened_at) = rates.hour_of_day
    where not events.is_start
    group by events.base_exam_id

),

estimates as (

    select
        exams.base_exam_id,
        exams.attempts,
        exams.links,
        exams.reversed_links,
        exams.later_links,
        coalesce(chances.chance_links, 0D) as chance_links,
        {{ poisson_quantile('coalesce(chances.chance_links, 0D)', 0.95) }} as chance_links_high
    from exams
    left join chances on exams.base_exam_id = chances.base_exam_id

),

judged as (

    select
        *,
        links = 0 or chance_links_high <= {{ var('most_chance_links') }} * links as is_inferred
    from estimates

),

final as (

    select
        base_exam_id,
        attempts,
        links,
        reversed_links,
        later_links,
        chance_links,
        chance_links_high,
        is_inferred,
        if(
            is_inferred, null,
            concat(
                'Retakes at this exam cannot be told from chance: of ', links,
                if(links = 1, ' attempt that seems', ' attempts that seem'),
                ' to follow another one, chance may explain ', chance_links_high,
                ', which is more than {{ "%g" | format(100 * var("most_chance_links") | float) }} %.'
            )
        ) as reason
    from judged

)

select * from final
