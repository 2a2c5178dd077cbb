-- Invariant: of each load, the messages in the raw table are the accepted, the duplicates and the rejected together.
-- Prevents: messages lost or doubled on the way, loads that staging has not read, loads that the raw table has lost.
-- No generic test fits: the counts of two tables are compared by load, and a side that is missing must fail.
with raw_by_load as (

    select
        load_id,
        count(*) as messages
    from {{ source('raw', 'assess') }}
    group by load_id

),

staged_by_load as (

    select
        load_id,
        count_if(disposition = 'accepted') as accepted,
        count_if(disposition = 'duplicate') as duplicates,
        count_if(disposition = 'rejected') as rejected
    from {{ ref('stg_assess__messages') }}
    group by load_id

)

select
    load_id,
    raw_by_load.messages,
    staged_by_load.accepted,
    staged_by_load.duplicates,
    staged_by_load.rejected
from raw_by_load
full join staged_by_load using (load_id)
where not raw_by_load.messages <=> staged_by_load.accepted + staged_by_load.duplicates + staged_by_load.rejected
