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

-- From each link to the one before it in the session; to itself if it is the first.
pointers as (

    select
        links.base_exam_id,
        links.place,
        coalesce(earlier.place, links.place) as earlier_place,
        if(earlier.place is null, 0, 1) as steps
    from links
    left join links as earlier
        on
            links.base_exam_id = earlier.base_exam_id
            and links.follows_keen_id = earlier.keen_id

),

-- By exam: the pointers of its links, in the order of their places.
pointers_by_exam as (

    select
        base_exam_id,
        transform(
            array_sort(collect_list(struct(place, earlier_place, steps))),
            pointer -> struct(pointer.earlier_place as place, pointer.steps as steps)
        ) as pointers
    from pointers
    group by base_exam_id

),

-- Each round doubles how far a pointer goes back, so that an exam of n links takes log2(n) rounds and one more.
pointers_to_first as (

    select
        base_exam_id,
        posexplode(aggregate(
            sequence(0, cast(ceil(log2(size(pointers))) as int)),
            pointers,
            (so_far, round) -> transform(
                so_far,
                pointer -> struct(
                    so_far[pointer.place - 1].place as place,
                    pointer.steps + so_far[pointer.place - 1].steps as steps
                )
            )
        )) as (position, pointer)
    from pointers_by_exam

),

final as (

    select
        links.keen_id,
        links.follows_keen_id,
        links.base_exam_id,
        first_links.follows_keen_id as session_id,
        pointers_to_first.pointer.steps + 2 as attempt_in_session,
        links.seconds_since_followed
    from links
    inner join pointers_to_first
        on
            links.base_exam_id = pointers_to_first.base_exam_id
            and links.place = pointers_to_first.position + 1
    inner join links as first_links
        on
            pointers_to_first.base_exam_id = first_links.base_exam_id
            and pointers_to_first.pointer.place = first_links.place

)

select * from final
