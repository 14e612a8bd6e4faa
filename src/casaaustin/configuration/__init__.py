"""The whole business configuration as one reviewable file: export, compare, apply.

    registry        which sections there are; a new one is one line there
    section         what a section is
    sections/       one module per section: its model, how it is read and written
    values          the kinds of values that items are made of
    document        the file: TOML or JSON, its checks, its schema
    difference      what a file would change, as a pure comparison
    service         export and apply
    machine         the settings of this machine, each with its origin

Source: docs/adr/0010-configuration-file.md.
"""
