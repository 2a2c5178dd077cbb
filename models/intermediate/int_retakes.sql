{{ config(materialized='table') }}

with links as (

    select
        events.base_exam_id,
        events.keen_id,
        events.follows_keen_id,
        events.seconds_since_previous as seconds_since_followed,
        cast(row_number() over (
            partition by events.base_exam_id
            order by events.happened_at, events.keen_id
        ) as int) as place
    from {{ ref('int_exam_events') }} as events
    inner join {{ ref('int_retake_inference') }} as inference on events.base_exam_id = inference.base_exam_id
    where inference.is_inferred and events.follows_keen_id is not null

),

-- Each link with the place of the link before it in the session; with its own place if it is the first.
chained as (

    select
        links.*,
        coalesce(earlier.place, links.place) as earlier_place,
        if(earlier.place is null, 0, 1) as steps
    from links
    left join links as earlier
        on
            links.base_exam_id = earlier.base_exam_id
            and links.follows_keen_id = earlier.keen_id

),

exams as (

    select
        base_exam_id,
        transform(
            array_sort(collect_list(struct(place, earlier_place, steps))),
            link -> struct(link.earlier_place as place, link.steps as steps)
        ) as places
    from chained
    group by base_exam_id

),

-- Each round doubles how far a link looks back, so that an exam of n links takes log2(n) rounds and one more.
first_places as (

    select
        base_exam_id,
        posexplode(aggregate(
            sequence(0, cast(ceil(log2(size(places))) as int)),
            places,
            (reached, round) -> transform(
                reached,
                link -> struct(
                    reached[link.place - 1].place as place,
                    link.steps + reached[link.place - 1].steps as steps
                )
            )
        )) as (position, first_link)
    from exams

),

final as (

    select
        links.keen_id,
        links.follows_keen_id,
        links.base_exam_id,
        first_links.follows_keen_id as session_id,
        first_places.first_link.steps + 2 as attempt_in_session,
        links.seconds_since_followed
    from links
    inner join first_places
        on
            links.base_exam_id = first_places.base_exam_id
            and links.place = first_places.position + 1
    inner join links as first_links
        on
            first_places.base_exam_id = first_links.base_exam_id
            and first_places.first_link.place = first_links.place

)

select * from final
