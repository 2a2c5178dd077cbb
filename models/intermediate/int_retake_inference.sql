{{ config(materialized='table') }}

{%- set window_seconds = var('retake_window_seconds') %}

with events as (

    select * from {{ ref('int_exam_events') }}

),

-- By exam and hour of the day. Sums of decimals do not depend on the order of the rows.
hours as (

    select
        base_exam_id,
        hour(happened_at) as hour_of_day,
        count_if(is_start) as attempts,
        count(follows_keen_id) as links,
        count_if(is_end_after_a_start and seconds_since_previous <= {{ window_seconds }}) as reversed_links,
        count_if(is_after_an_end and seconds_since_previous between 600 and 600 + {{ window_seconds }}) as later_links,
        min(if(is_start, to_date(happened_at), null)) as first_started_on,
        max(if(is_start, to_date(happened_at), null)) as last_started_on,
        -- After an end, a start of somebody else would be taken for a retake until the next event, or the window's end.
        sum(
            if(
                is_start, 0,
                cast(least(coalesce(seconds_until_next, {{ window_seconds }}), {{ window_seconds }}) as decimal(18, 6))
            )
        ) as seconds_after_ends
    from events
    group by base_exam_id, hour(happened_at)

),

hours_and_days as (

    select
        *,
        datediff(max(last_started_on) over exam, min(first_started_on) over exam) + 1 as day_count
    from hours
    window exam as (partition by base_exam_id)

),

exams as (

    select
        base_exam_id,
        sum(attempts) as attempts,
        sum(links) as links,
        sum(reversed_links) as reversed_links,
        sum(later_links) as later_links,
        -- For each hour of the day: the seconds after ends, times how many attempts that follow none start in a second.
        cast(
            sum(cast(seconds_after_ends * (attempts - links) / (day_count * 3600D) as decimal(28, 18))) as double
        ) as chance_links
    from hours_and_days
    group by base_exam_id

),

estimates as (

    select
        *,
        {{ poisson_quantile('chance_links', 0.95) }} as chance_links_high
    from exams

),

judged as (

    select
        *,
        links = 0 or chance_links_high <= {{ var('max_chance_share') }} * links as is_inferred
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
                'Retakes at this exam cannot be told from chance: of ',
                {{ plural('links', 'attempt that seems', 'attempts that seem') }},
                ' to follow another one, chance may explain ', chance_links_high,
                ', which is more than {{ "%g" | format(100 * var("max_chance_share") | float) }} %.'
            )
        ) as reason
    from judged

)

select * from final
