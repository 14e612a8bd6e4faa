"""The `casa` command: parse, call one library function, show the result.

Its parts:

    app        the table of commands, loaded one at a time, and `main`
    framework  what every command is made of: Typer with the house's defaults
    options    options that mean the same in every command
    runtime    the open business a command works on; questions to the person
    show       tables, JSON and progress
    failures   every error as one sentence and one exit status
    complete   what the shell offers at TAB
    help       help pages
    terminal   what the streams can show
"""
