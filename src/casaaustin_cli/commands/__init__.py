"""One module per noun; each exposes `app`, a `CasaTyper`, and has its line in `app.TABLE`.

A command parses, calls one library function and shows the result:

    app = CasaTyper("quote")


    @app.command()
    @examples("casa quote --from 2026-04-17 --nights 2 --guests 4")
    def quote(
        check_in: From,
        check_out: To = None,
        nights: Nights = None,
        guests: Guests = 1,
        language: Lang = None,
        as_json: AsJson = False,
    ) -> None:
        \"\"\"Price of a stay, every line with the rule that made it.\"\"\"
        from casaaustin.quoting import service

        with runtime.open(language=language) as casa:
            stay = casa.stay(check_in, check_out, nights)
            quoted = casa.read(lambda work: service.quote(work, stay, guests=guests))
        show.emit(quoted, lambda: _print(quoted, casa.language), as_json=as_json)

A module with one command and no callback is that command; with several it is
a group. Heavy imports live inside the commands: a module is imported for its
help page and at every TAB press. Refusals of the library are left to travel.
"""
