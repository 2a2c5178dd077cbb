{#-
    Each load adds one or two files to such a table, and each build after it opens them all. A table may have 40 files,
    and one more for each 4 MB, so a merge is rare. services/spark/spark-defaults.conf says which files are small: those
    of less than 4 MB; elsewhere Delta merges those of less than 1 GB.
    Not for population_changes: after a merge its readers could skip no file by invocation_id, which has no order.
-#}
{%- macro merge_small_files() -%}
    {%- if is_incremental() -%}
        {%- set detail = run_query('describe detail ' ~ this) -%}
        {%- if detail.columns['numFiles'][0] > 40 + detail.columns['sizeInBytes'][0] / 4000000 -%}
            optimize {{ this }}
        {%- endif -%}
    {%- endif -%}
{%- endmacro -%}
