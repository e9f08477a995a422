import * as z from 'zod';

// The page's content policy forbids code made from strings. zod tries it with the first schema that is made: this is to be imported before any.
z.config({ jitless: true });
