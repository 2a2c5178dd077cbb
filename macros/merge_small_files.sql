{#-
    The statement that merges the small files of the table that was just built, if it has many; else nothing. Builds add
    one or two files to such a table with each load, and each build after it opens them all. A table may have 40 files
    and one for each 4 MB: then few loads cause a merge, and a large table is not written anew for them.
-#}
{%- macro merge_small_files() -%}
    {%- if execute and is_incremental() -%}
        {%- set detail = run_query('describe detail ' ~ this) -%}
        {%- if detail.columns['numFiles'][0] > 40 + detail.columns['sizeInBytes'][0] / 4000000 -%}
            optimize {{ this }}
        {%- endif -%}
    {%- endif -%}
{%- endmacro -%}
